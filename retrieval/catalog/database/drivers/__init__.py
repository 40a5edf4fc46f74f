"""What lies between SQLAlchemy and its drivers, sqlite3 and psycopg."""
