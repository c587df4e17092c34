"""What a protocol says of the testing day: how fast people are sampled, tubes carried, and pools tested again."""

from douse.library.number import Amount, Hours, Positive, Share, Strict


class TestingDayRules(Strict):
    """Speeds and sizes of one day of screening."""

    __test__ = False  # pytest: not a test

    pool_loss: Share  # of infections found, lost for each e-fold of the pool size
    people_per_desk_hour: Positive
    people_per_door_hour: Positive  # visited at the door, and tested singly
    desks_per_site: Positive  # at most, at the same time
    site_reach: Positive  # kilometres from the people of a site to a building that may serve as one
    site_hours: Hours  # that a site is open a day
    couriers_per_site: Positive
    courier_speed: Positive  # kilometres an hour
    courier_detour: Positive  # way by road, times the straight line
    courier_stop: Hours  # packing, handing over, a trip
    courier_way: Hours  # one way, where it is not known how far
    tubes_per_trip: Positive
    plate_tubes: Positive
    plate_hours: Hours  # that one run of a plate takes; a plate that is not full waits no longer
    resample_hours: Hours  # from a positive pool to single swabs of its people
    retest_hours: Hours  # from receipt of these swabs to the result
    retest_reserve: Amount  # share of a laboratory kept for them once they may come, times their share of all tubes
    sampling_spread: Share  # standard deviation of the logarithm, from sampler to sampler
    travel_spread: Share  # from way to way
    laboratory_spread: Share  # from laboratory to laboratory
