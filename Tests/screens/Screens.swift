import BrowserKit
import Foundation

/// `screens --out DIR`: walks through the pages and leaves a picture of each, to be looked at. The
/// exit code is 0 only where no page breaks a rule of accessibility.
@main enum Screens {
    static func main() async {
        do {
            guard !Stop.all.isEmpty else { throw Nothing() }
            let album = try Album(try folder(Array(CommandLine.arguments.dropFirst())))
            try await Browser.live(trusting: []) { browser in
                for stop in Stop.all {
                    try await stop.go(browser)
                    try await album.take(stop, in: browser)
                }
            }
            exit(album.violations == 0 ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(2)
        }
    }

    struct Usage: Error, CustomStringConvertible {
        let description = "screens --out DIR"
    }

    struct Nothing: Error, CustomStringConvertible {
        let description = "there are no pages to walk through yet"
    }

    private static func folder(_ words: [String]) throws -> String {
        guard words.count == 2, words[0] == "--out" else { throw Usage() }
        return words[1]
    }
}
