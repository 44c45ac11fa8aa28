import BrowserKit
import Foundation

/// `screens --out DIR`: walks through the pages and leaves a picture of each, to be looked at. The
/// exit code is 0 only where no page breaks a rule of accessibility.
@main enum Screens {
    static func main() async {
        do {
            let album = try Album(try folder(Array(CommandLine.arguments.dropFirst())))
            try await Walk.live(Walk.Manner(isWide: true)) { walk in
                for stop in Stop.wide {
                    try await album.visit(stop, walk)
                }
            }
            exit(album.findings == 0 ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(2)
        }
    }

    struct Usage: Error, CustomStringConvertible {
        let description = "screens --out DIR"
    }

    private static func folder(_ words: [String]) throws -> String {
        guard words.count == 2, words[0] == "--out" else { throw Usage() }
        return words[1]
    }
}
