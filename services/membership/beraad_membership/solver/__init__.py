"""How programs are solved: HiGHS, if it is installed (the extra `selection`)."""
