import Program

@main
enum Main {
  static func main() { Bellwether.main() }
}
