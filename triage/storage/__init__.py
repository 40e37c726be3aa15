"""The database: every table and every question asked of it. Nothing here commits; `Database.unit_of_work` does."""
