"""The daemon: a supervisor of two children, the poller and the web server. It only wires."""
