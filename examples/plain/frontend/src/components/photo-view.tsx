/** A note's photo in each of its states. */

import type { Photo } from "../api/notes.ts";

interface PhotoViewProps {
  readonly photo: Photo;
  /** Text for those who do not see it. */
  readonly alt: string;
  /** `card`: the thumbnail; `page`: links to the whole photo. */
  readonly variant: "card" | "page";
}

export function PhotoView({ photo, alt, variant }: PhotoViewProps) {
  if (photo.state === "processing") {
    return (
      <div className="photo photo-waiting" role="status">
        <span className="spinner" aria-hidden="true" /> Developing the photo…
      </div>
    );
  }
  if (photo.state === "failed" || !photo.thumbnailUrl) {
    return <div className="photo photo-waiting">This photo could not be read.</div>;
  }
  const image = (
    <img
      className="photo"
      src={photo.thumbnailUrl}
      alt={alt}
      loading={variant === "card" ? "lazy" : "eager"}
    />
  );
  if (variant === "card") return image;
  return (
    <a className="photo-link" href={photo.url} title="Open the whole photo">
      {image}
    </a>
  );
}
