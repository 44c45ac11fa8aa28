import BrowserKit
import Foundation
import Primitives

/// The folder in which a walk leaves its pictures.
///
/// `NN-name.png` is the window, `NN-name-full.png` the page from top to bottom, `NN-name.pdf` the
/// page on paper; `axe.json` has for every stop the rules of accessibility that it breaks.
final class Album: Sendable {
    private let folder: URL
    private let pages = Lock<[JSON]>([])
    /// Of all stops.
    var violations: Int {
        pages.withLock { $0.reduce(0) { $0 + ($1["violations"]?.array?.count ?? 0) } }
    }

    init(_ path: String) throws {
        folder = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func take(_ stop: Stop, in browser: Browser) async throws {
        let number = pages.withLock { $0.count + 1 }
        let name = String(format: "%02d-", number) + stop.name
        try write(name + ".png", try await browser.screenshot())
        try write(name + "-full.png", try await browser.fullScreenshot())
        if stop.isPrinted { try write(name + ".pdf", try await browser.printed()) }
        let page: JSON = [
            "stop": .string(name),
            "title": .string(try await browser.title),
            "tooWide": .array(try await browser.elementsTooWide().map { .string($0) }),
            "violations": .array(try await browser.axe().map(\.json)),
        ]
        pages.withLock { $0.append(page) }
        try write("axe.json", JSON.array(pages.withLock { $0 }).canonicalBytes)
    }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: folder.appendingPathComponent(name))
    }
}
