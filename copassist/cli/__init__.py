"""The command line: ``python -m copassist COMMAND``. One file a command, thin over the library.

Exit codes: 0 done; 1 something the person can mend; 2 wrong usage; 3 an ingestion that finished,
though some files could not be read.
"""
