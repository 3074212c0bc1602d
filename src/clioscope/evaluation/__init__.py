"""How good an atlas is: measured on the run itself, against labels, and by a judge."""
