"""`zoo evaluate`: the oracle benchmark as a job that can be stopped, and its report."""
