"""Claims that go around: what weighs them, which are alike, and how an answer is published. Claims, never persons."""
