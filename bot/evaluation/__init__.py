"""Evaluate a publisher's own questions: expectations, results, causes of failure, metrics and a report."""
