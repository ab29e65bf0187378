/** Reads the text of a `.env` file and names every line that it cannot read, without ever showing a value. */
import { parseEnv } from "node:util";

export interface EnvFileProblem {
  readonly line: number;
  /** What is wrong, without the text of the line: it may hold a secret. */
  readonly problem: string;
}

export interface EnvFileResult {
  readonly values: ReadonlyMap<string, string>;
  readonly problems: readonly EnvFileProblem[];
}

/** One assignment, on one line or over several inside quotes. */
interface Statement {
  readonly text: string;
  readonly line: number;
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/s;

/**
 * Values as `node:util` parseEnv gives them: quotes `"`, `'` and `` ` ``, `\n` inside `"`, values over
 * several lines inside quotes, `#` comments, no `$` expansion. Of two lines with a name the last wins.
 */
export function parseEnvFile(text: string): EnvFileResult {
  const values = new Map<string, string>();
  const problems: EnvFileProblem[] = [];
  for (const { text: statement, line } of splitStatements(text)) {
    const [, name, rawValue = ""] = ASSIGNMENT.exec(statement) ?? [];
    const problem = name === undefined ? findLineProblem(statement) : findValueProblem(rawValue);
    if (name === undefined || problem !== null) {
      problems.push({ line, problem: problem ?? "not NAME=value" });
      continue;
    }
    // One statement at a time: given the whole text, parseEnv takes the line after `NAME=  ` as its value.
    values.set(name, parseEnv(`${name}=${rawValue}`)[name] ?? "");
  }
  return { values, problems };
}

function splitStatements(text: string): readonly Statement[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const statements: Statement[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const first = (lines[index] ?? "").trimStart();
    if (first === "" || first.startsWith("#")) continue;
    const end = findLastLine(lines, index);
    const statement = [first, ...lines.slice(index + 1, end + 1)].join("\n").trim();
    statements.push({ text: statement, line: index + 1 });
    index = end;
  }
  return statements;
}

/** Index of the line on which the value's quote closes; the first line where it never does. */
function findLastLine(lines: readonly string[], first: number): number {
  const value = ASSIGNMENT.exec((lines[first] ?? "").trim())?.[2] ?? "";
  const quote = readQuote(value);
  if (quote === null || value.indexOf(quote, 1) !== -1) return first;
  const last = lines.findIndex((line, index) => index > first && line.includes(quote));
  return last === -1 ? first : last;
}

function readQuote(value: string): string | null {
  const first = value.charAt(0);
  return first !== "" && "\"'`".includes(first) ? first : null;
}

function findLineProblem(statement: string): string {
  return statement.includes("=") ? "the name is not a variable name" : "there is no `=`";
}

function findValueProblem(value: string): string | null {
  const quote = readQuote(value);
  if (quote === null) return null;
  const end = value.indexOf(quote, 1);
  if (end === -1) return `the quote ${quote} is not closed`;
  const rest = value.slice(end + 1).trim();
  return rest === "" || rest.startsWith("#")
    ? null
    : `there is text after the closing quote ${quote}`;
}
