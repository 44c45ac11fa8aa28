import Foundation
import Testing

/// A transcript of a terminal in `Tests/Sessions`.
///
/// A line `$ COMMAND` is run by bash; the lines after it are what both outputs must hold, where `…`
/// stands for any text and, alone on its line, for any lines. `[1]` is the exit code, 0 when there
/// is none. Lines beginning with `# ` after an empty one explain. The commands of one file share a
/// shell, so variables last; `$ROOT` is the package. The folder is empty and new, and so is `HOME`.
struct Session: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        let line: Int
        let command: String
        var expected: [String] = []
        var exitCode: Int32 = 0
    }

    let name: String
    let steps: [Step]

    var testDescription: String { name }

    init(name: String, text: String) {
        self.name = name
        var steps: [Step] = []
        var before: Substring = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            defer { before = line }
            if line.hasPrefix("$ ") {
                steps.append(Step(line: index + 1, command: String(line.dropFirst(2))))
            } else if steps.isEmpty || before.isEmpty && line.hasPrefix("# ") {
                continue
            } else if line.first == "[", line.last == "]",
                let code = Int32(line.dropFirst().dropLast())
            {
                steps[steps.count - 1].exitCode = code
            } else {
                steps[steps.count - 1].expected.append(String(line))
            }
        }
        self.steps = steps.map { step in
            var step = step
            while step.expected.last?.isEmpty == true { step.expected.removeLast() }
            return step
        }
    }

    /// Every file of the folder; that there are some is tested.
    static let all: [Session] = {
        let folder = root.appendingPathComponent("Tests/Sessions")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter { $0.hasSuffix(".session") }.compactMap { name in
            let file = folder.appendingPathComponent(name)
            let text = try? String(contentsOf: file, encoding: .utf8)
            return text.map { Session(name: name, text: $0) }
        }
    }()

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of the built program: that of the running tests.
    static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()
}
