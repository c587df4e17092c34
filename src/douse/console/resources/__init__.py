"""Resources: beds, rooms, laboratories, stock, crews and shipments, and who goes short first."""
