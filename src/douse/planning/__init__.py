"""Planning: measures that hold the floor at the least burden."""
