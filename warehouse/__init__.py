"""The warehouse interprets: it turns the archive of sightings into vacancies, estimates and verdicts."""
