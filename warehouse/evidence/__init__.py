"""What claims are made of: the sample they rest on, the cuts through it, the shared measures and the trunk class."""
