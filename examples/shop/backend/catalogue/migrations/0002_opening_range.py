"""The pieces that the shop opens with, and a few reviews."""

from django.db import migrations

# name, name in German, shape, glaze, price in cents, stock, description, description in German
PIECES = [
    ("Morning cup", "Morgentasse", "cup", "celadon", 2400, 18,
     "Wide enough to warm both hands. The glaze is thin at the rim and pools at the foot.",
     "Weit genug, um beide Hände zu wärmen. Am Rand ist die Glasur dünn, am Fuß sammelt sie sich."),
    ("Reed bowl", "Schilfschale", "bowl", "ash", 3800, 9,
     "Glazed with the ash of reeds from the river, no two firings alike.",
     "Glasiert mit der Asche von Schilf vom Fluss, kein Brand wie der andere."),
    ("River plate", "Flussteller", "plate", "cobalt", 4200, 12,
     "A flat plate with one brush stroke of cobalt, for fish or for cake.",
     "Ein flacher Teller mit einem Pinselstrich Kobalt, für Fisch oder für Kuchen."),
    ("Tall vase", "Hohe Vase", "vase", "oxblood", 8900, 3,
     "Thrown in two parts. Copper red that took us eleven firings to find.",
     "In zwei Teilen gedreht. Ein Kupferrot, für das wir elf Brände brauchten."),
    ("Milk jug", "Milchkanne", "jug", "ochre", 3600, 14,
     "Pours without a drop on the table. Holds a third of a litre.",
     "Gießt ohne einen Tropfen auf dem Tisch. Fasst einen Drittelliter."),
    ("Tea for two", "Tee zu zweit", "teapot", "celadon", 9800, 5,
     "A small pot with a strainer pierced by hand, and a lid that stays on.",
     "Eine kleine Kanne mit von Hand gestochenem Sieb und einem Deckel, der hält."),
    ("Espresso cup", "Espressotasse", "cup", "oxblood", 1900, 24,
     "Thick walls for a short drink. Stacks in fours.",
     "Dicke Wände für ein kurzes Getränk. Lässt sich zu viert stapeln."),
    ("Soup bowl", "Suppenschale", "bowl", "ochre", 3200, 16,
     "Deep, with a foot high enough to carry it hot.",
     "Tief, mit einem Fuß, hoch genug, um sie heiß zu tragen."),
    ("Bread plate", "Brotteller", "plate", "ash", 2600, 20,
     "For bread and butter, or under a cup.",
     "Für Butterbrot, oder unter eine Tasse."),
    ("Bud vase", "Knospenvase", "vase", "cobalt", 4400, 7,
     "For a single stem. The neck is as narrow as a finger.",
     "Für einen einzigen Stiel. Der Hals ist so schmal wie ein Finger."),
    ("Water jug", "Wasserkrug", "jug", "ash", 5400, 8,
     "A litre and a half, and light enough to lift with one hand.",
     "Anderthalb Liter, und leicht genug für eine Hand."),
    ("Winter teapot", "Winterkanne", "teapot", "cobalt", 11200, 2,
     "A litre for long evenings. Thick glaze, dark as the sky at five.",
     "Ein Liter für lange Abende. Dicke Glasur, dunkel wie der Himmel um fünf."),
    ("Salt bowl", "Salzschälchen", "bowl", "celadon", 1400, 30,
     "Two fingers wide, for salt at the table.",
     "Zwei Finger breit, für Salz am Tisch."),
    ("Evening cup", "Abendtasse", "cup", "cobalt", 2400, 11,
     "The morning cup after dark.",
     "Die Morgentasse nach Sonnenuntergang."),
]

REVIEWS = [
    (0, "Ines", 5, "I have used it every day for a year, and I still look at it."),
    (0, "Jonas", 4, "Beautiful. A little heavier than I thought."),
    (5, "Priya", 5, "It does not drip. It really does not drip."),
]


def add_range(apps, schema_editor):
    Product = apps.get_model("catalogue", "Product")
    Review = apps.get_model("catalogue", "Review")
    made = [
        Product.objects.create(
            name_en=name,
            name_de=german_name,
            shape=shape,
            glaze=glaze,
            price_cents=price_cents,
            stock=stock,
            description_en=description,
            description_de=german_description,
        )
        for name, german_name, shape, glaze, price_cents, stock, description, german_description in PIECES
    ]
    for index, author, rating, body in REVIEWS:
        Review.objects.create(
            product=made[index], author=author, rating=rating, body=body, published=True
        )


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]
    operations = [migrations.RunPython(add_range, migrations.RunPython.noop)]
