"""What is promised in speed and fidelity, measured beside what it is compared with."""
