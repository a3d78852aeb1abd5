"""What a lesson uses: checks of a student's answers, its data, and the rubric of the last exercise.

- ``checks``: What the lessons share: friendly checks of exercises, and the numbers that prose quotes.
- ``data``: Tables that lessons need and the bench does not prepare.
- ``rubric``: Grading of longer work: what can be measured is measured, what cannot is graded by its
  author.
"""

from reidlab.lessons.checks import TryAgain, check_choice, check_number, needs, quoted

__all__ = ["TryAgain", "check_choice", "check_number", "needs", "quoted"]
