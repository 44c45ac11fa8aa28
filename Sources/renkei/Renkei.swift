/// The program. Live parts are put together here and nowhere else.
@main
enum Renkei {
    static func main() {}
}
