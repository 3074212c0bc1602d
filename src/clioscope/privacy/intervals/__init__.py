"""What can be deduced of a withheld cell from all that is shown: an interval, found by linear programming."""
