/** A labelled form field with its hint and its messages, tied together for screen readers. */

import { type ReactNode, useId } from "react";

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly errors: readonly string[] | undefined;
  readonly children: (attributes: FieldAttributes) => ReactNode;
}

/** Attributes that the input must carry. */
export interface FieldAttributes {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

export function Field({ label, hint, errors, children }: FieldProps) {
  const id = useId();
  const hasErrors = errors !== undefined && errors.length > 0;
  const describedBy = [hint && `${id}-hint`, hasErrors && `${id}-errors`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children({
        id,
        "aria-describedby": describedBy || undefined,
        "aria-invalid": hasErrors,
      })}
      {hasErrors && (
        <p className="field-errors" id={`${id}-errors`}>
          {errors.join(" ")}
        </p>
      )}
    </div>
  );
}
