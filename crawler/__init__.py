"""The crawler reads: it maps what a job board says to archive lines and interprets nothing."""
