"""Databases: the port, the SQLAlchemy adapter, the comparison of tables."""
