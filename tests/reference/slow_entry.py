"""Entry person by person and by trying everything: the slow twin of `planning/entry/`. It shares no helper with it."""

from itertools import product


def with_keeping(keeps, stay, answer):
    """Mean of an answer (a pair) over travellers by what they keep to: one number from 0 to 1 each, in fine steps."""
    steps, total = 100, [0.0, 0.0]
    for step in range(steps):
        kept = [place if (step + 0.5) / steps < keeps[place] else "free" for place in stay]
        pair = answer(kept)
        total = [total[0] + pair[0] / steps, total[1] + pair[1] / steps]
    return tuple(total)


def missed_and_let_through(state, stay, test_days, told, lets_through, infectious_from):
    """Chance of being missed, and transmission let through, of one state by walking the days.

    `state`: incubation, age (days since infection on day 1), symptomatic (chance), profile and sensitivity (by days
    since infection).
    """
    unfound, missed, through = 1.0, None, 0.0
    onset_day = max(state["incubation"] - state["age"], 0) + 1
    for day in range(1, 70):
        since = state["age"] + day - 1
        place = stay[day - 1] if day <= len(stay) else "free"
        infectious = state["profile"][since] if since < len(state["profile"]) else 0.0
        if missed is None and place == "free" and infectious >= infectious_from:
            missed = unfound
        through += unfound * infectious * lets_through[place]
        if day in test_days:
            unfound *= 1 - state["sensitivity"][min(since, len(state["sensitivity"]) - 1)]
        if day == onset_day:
            unfound *= 1 - state["symptomatic"] * told[place]
    return missed or 0.0, through


def draw_person(rng, incubations, after, ill, travels_ill):
    """An infected arrival: incubation, days since infection on arrival, symptoms or none; drawn until one travels."""
    longest = int(max(incubations)) + after
    while True:
        incubation, age = int(incubations[rng.integers(len(incubations))]), int(rng.integers(longest + 1))
        if age > incubation + after:
            continue
        symptoms = rng.random() < ill
        if symptoms and age > incubation and rng.random() >= travels_ill:
            continue
        return incubation, age, symptoms


def follow(rng, person, stay, test_days, told, keeps, course, infectious_from):
    """Whether one person is missed: free on an infectious day before anything finds the infection."""
    incubation, age, symptoms = person
    character = rng.random()
    stay = [place if character < keeps[place] else "free" for place in stay]
    for day in range(1, 70):
        since = age + day - 1
        place = stay[day - 1] if day <= len(stay) else "free"
        infectious = course["profile"][incubation][since] if since < 64 else 0.0
        if place == "free" and infectious >= infectious_from:
            return True
        if day in test_days and rng.random() < course["sensitivity"][min(since, 63)]:
            return False
        if symptoms and day == max(incubation - age, 0) + 1 and rng.random() < told[place]:
            return False
    return False


def fewest_person_days(arrivals, infected, missed, days, target):
    """Person-days of the best choice of a schedule for each origin; where none keeps the target, of those that miss
    least the one with the fewest."""
    found = []
    for chosen in product(range(len(missed)), repeat=len(arrivals)):
        lost = sum(i * missed[k] for i, k in zip(infected, chosen, strict=True))
        found.append((lost, sum(a * days[k] for a, k in zip(arrivals, chosen, strict=True))))
    within = [spent for lost, spent in found if lost <= target * (1 + 1e-9)]
    if within:
        return min(within)
    least = min(lost for lost, _ in found)
    return min(spent for lost, spent in found if lost <= least + 1e-12)
