"""What happens without anybody asking: jobs, deadline sweep, schedule, reconcile, the supervisor."""
