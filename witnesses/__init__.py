"""Real witnesses: networks and policies that were never told the theory, against predictions made before they ran."""
