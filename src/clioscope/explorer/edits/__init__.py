"""People's edits: what may be changed, kept beside the atlas, and applied when it is shown."""

from clioscope.explorer.edits.applying import Applied, EditState
from clioscope.explorer.edits.editing import Editing
from clioscope.explorer.edits.kinds import Edit

__all__ = ["Applied", "Edit", "EditState", "Editing"]
