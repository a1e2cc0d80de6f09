// Runs Azurite until standard input closes: when the tests end, however they end.
process.stdin.on("end", () => process.exit()).resume();
require("azurite/dist/src/azurite.js");
