"""The registry of sources: every module here is one ATS or feed, a declaration over the trunk."""
