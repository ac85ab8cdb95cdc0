"""What transforms and code generation want to know about a trace: activity, liveness, aliases."""
