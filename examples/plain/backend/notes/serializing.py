"""How notes and comments look as JSON."""


def summary_of(note):
    """A note as lists show it; needs `NoteQuerySet.for_list`."""
    return {
        "id": note.pk,
        "title": note.title,
        "excerpt": excerpt_of(note.body),
        "place": note.place,
        "author": note.author,
        "createdAt": note.created_at.isoformat(),
        "wordCount": note.word_count,
        "tags": [tag.name for tag in note.tags.all()],
        "commentCount": note.comment_count,
        "hidden": note.hidden,
        "photo": photo_of(note),
    }


def detail_of(note):
    """A note with its whole text and its comments."""
    return {
        **summary_of(note),
        "body": note.body,
        "comments": [comment_of(comment) for comment in note.comments.all()],
    }


def comment_of(comment):
    return {
        "id": comment.pk,
        "author": comment.author,
        "body": comment.body,
        "createdAt": comment.created_at.isoformat(),
    }


def photo_of(note):
    """State and addresses of the photo, or None if there is none."""
    if not note.photo:
        return None
    return {
        "state": note.photo_state,
        "url": note.photo.url,
        "thumbnailUrl": note.thumbnail.url if note.thumbnail else None,
    }


def excerpt_of(body, length=180):
    """The start of a text, cut at a word."""
    text = " ".join(body.split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + "…"
