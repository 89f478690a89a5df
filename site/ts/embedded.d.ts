// What `go run ./site/build` puts into the embedded calculator.
declare module "skalig:embedded" {
  const embedded: {
    engine: string; // SHA-256 of the artefact, in hex
    guidelines: { municipality: string; incomeMonth?: string }[]; // and more, which only the engine reads
    languages: Record<string, { engine: { text: Record<string, string> }; page: Record<string, string> }>;
  };
  export default embedded;
}
