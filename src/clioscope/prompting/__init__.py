"""From what a stage wants to know to an exact request, and from an answer back to checked values."""

from clioscope.prompting.asking import Unanswered, ask
from clioscope.prompting.prompts import PROMPTS, Prompts
from clioscope.prompting.schema import AnswerModel

__all__ = ["PROMPTS", "AnswerModel", "Prompts", "Unanswered", "ask"]
