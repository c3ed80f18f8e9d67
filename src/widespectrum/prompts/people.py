"""Does a caption mention people? Some effects (a clenched jaw, tears) show only on them."""

from __future__ import annotations

import re

_PEOPLE = frozenset(
    """
    person people man men woman women boy boys girl girls child children kid kids baby babies
    toddler toddlers teenager teenagers adult adults lady ladies gentleman gentlemen guy guys
    mother mothers father fathers mom dad parent parents son sons daughter daughters brother
    brothers sister sisters grandmother grandfather grandparents twins cousins uncle aunt couple
    family families friend friends neighbour neighbours neighbor neighbors crowd
    bride groom bridesmaids player players batter pitcher catcher goalkeeper goalie referee
    coach runner runners swimmer swimmers surfer surfers skier skiers snowboarder skater skaters
    skateboarder skateboarders cyclist cyclists biker bikers rider riders jockey climber climbers
    hiker hikers boxer wrestler gymnast archer golfer fencer rower rowers kayaker sprinter
    weightlifter vaulter cricketers athlete athletes dancer dancers worker workers farmer farmers
    fisherman fishermen baker butcher cook chef chefs waiter waitress barber tailor carpenter
    welder plumber potter painter mechanic soldier soldiers sailor sailors pilot pilots nurse
    nurses doctor doctors surgeon dentist patient patients teacher teachers student students
    pupil pupils schoolchildren schoolgirl schoolboy graduates policeman policewoman officer
    officers firefighter firefighters postman driver drivers sweeper cleaner seller vendor vendors
    shopper shoppers customer customers tourist tourists passenger passengers commuter commuters
    volunteers musician musicians singer drummer librarian florist beekeeper shepherd miner monk
    monks nun nuns villagers members engineers scouts divers guard guide businessman businessmen
    seamstress fishmonger brewer jury choir pickers
    """.split()  # noqa: SIM905  (a list of so many words is for reading)
)


def mentions_people(caption: str) -> bool:
    """Whether a word of `caption` names a person, in English.

    A word that is not known counts as nobody: then an effect that needs people is left out, which
    is the safe side.
    """
    return not _PEOPLE.isdisjoint(re.findall(r"[a-z]+", caption.lower()))
