// Firebreak is a production support desk in one binary.
package main

func main() {}
