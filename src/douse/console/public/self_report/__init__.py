"""Reports of residents: symptoms, exposure, travel, arrival."""
