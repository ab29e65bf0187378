"""`manage.py add_sample_notes`: a few notes to look at, in an installation that has none."""

from django.core.management.base import BaseCommand

from notes.models import Comment, Note, Tag
from notes.sample_pictures import draw_landscape
from notes.tasks import prepare_photo

DAWN = ((104, 130, 160), (246, 205, 160))
NOON = ((120, 170, 200), (225, 236, 228))
DUSK = ((62, 60, 98), (235, 150, 110))
GREEN = [(132, 160, 138), (84, 122, 96), (44, 82, 64), (24, 52, 44)]
BLUE = [(140, 160, 176), (98, 122, 142), (58, 84, 104), (30, 50, 68)]
AMBER = [(190, 150, 120), (146, 102, 80), (92, 62, 58), (48, 34, 40)]

# title, place, author, tags, picture, body, comments
SAMPLES = [
    (
        "A kingfisher at the weir",
        "Lower weir",
        "Ana Ruiz",
        ["birds", "water"],
        (1, DAWN, BLUE),
        "Ten minutes of sitting still, and then a line of blue, low over the water. It came back "
        "twice with a minnow and beat it on the same post each time.\n\nThe post is the third one "
        "from the left bank; bring a cushion.",
        [("Tom", "Saw it there on Tuesday too, around seven."), ("Ines", "A pair, I think!")],
    ),
    (
        "First chanterelles under the beeches",
        "North wood",
        "Jonas Weber",
        ["fungi", "autumn"],
        (4, NOON, GREEN),
        "After three wet days the slope below the old quarry is dotted with yellow. Left them all "
        "where they were: the reserve is not a larder.",
        [("Priya", "Thank you for leaving them.")],
    ),
    (
        "Badger tracks along the ditch",
        "Long meadow",
        "Priya Nair",
        ["mammals", "tracks"],
        None,
        "Five toes in a row, claws well ahead of the pads, and about four centimetres wide. They "
        "come out of the hedge by the stile and follow the ditch for at least a hundred metres "
        "before turning uphill towards the sett.",
        [],
    ),
    (
        "Starlings, just before dark",
        "Reed bed",
        "Tom Achterberg",
        ["birds", "evening"],
        (7, DUSK, AMBER),
        "Perhaps four thousand. They folded over the reeds for a quarter of an hour and then, as "
        "if someone had pulled a plug, were gone.",
        [("Ana Ruiz", "From which side did you watch?"), ("Tom", "From the dam, with the sun behind.")],
    ),
    (
        "Brimstone on the wing in November",
        "South gate",
        "Ines Carvalho",
        ["insects"],
        None,
        "One male, flying for a few minutes in the only sunny corner of the car park. 14 °C at "
        "noon. The latest date in my notebook by nine days.",
        [],
    ),
    (
        "Frost on the high path",
        "Ridge",
        "Jonas Weber",
        ["weather", "morning"],
        (10, NOON, BLUE),
        "White until ten, then gone within half an hour. Redwings in the hawthorns, a dozen or so, "
        "very busy and not at all shy.",
        [],
    ),
]


class Command(BaseCommand):
    help = "Add a few sample notes, if there are no notes yet."

    def handle(self, *args, **options):
        if Note.objects.exists():
            self.stdout.write("There are notes already; nothing was added.")
            return
        for sample in reversed(SAMPLES):
            add_note(*sample)
        self.stdout.write(self.style.SUCCESS(f"Added {len(SAMPLES)} notes."))


def add_note(title, place, author, tag_names, picture, body, comments):
    note = Note.objects.create(title=title, place=place, author=author, body=body)
    note.tags.set([Tag.objects.get_or_create(name=name)[0] for name in tag_names])
    for comment_author, text in comments:
        Comment.objects.create(note=note, author=comment_author, body=text)
    if picture:
        note.photo_state = Note.PhotoState.PROCESSING
        note.photo.save(f"sample-{note.pk}.jpg", draw_landscape(*picture))
        prepare_photo(note.pk)
