"""What a lesson uses: checks of a student's answers, its data, and the rubric of the last exercise.

- ``capstone``: The capstone's grader: points by what leaves, never by what a release says of itself.
- ``checks``: What the lessons share: friendly checks of exercises, and the numbers that prose quotes.
- ``data``: Tables that lessons need and the bench does not prepare.
- ``questions``: What is asked of a learner: a hint, and the digests of what is right, so that no file
  shows an answer.
- ``rubric``: Grading of longer work: what can be measured is measured, what cannot is graded by its
  author.
"""

from reidlab.lessons.checks import TryAgain, check, needs, quoted

__all__ = ["TryAgain", "check", "needs", "quoted"]
