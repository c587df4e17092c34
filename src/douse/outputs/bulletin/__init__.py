"""The bulletin of a day for the public or for partners: values, what may be shown, pages, feeds, proof."""
