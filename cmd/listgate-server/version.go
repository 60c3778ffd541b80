package main

// version is the version of this build; releases set it through the linker.
var version = "0.1.0"
