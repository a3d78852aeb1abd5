"""What a lesson uses: checks of a student's answers, its data, and the rubric of the last exercise."""

from reidlab.lessons.checks import TryAgain, check_choice, check_number, check_true, needs, quoted

__all__ = ["TryAgain", "check_choice", "check_number", "check_true", "needs", "quoted"]
