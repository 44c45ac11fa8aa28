import Foundation

#if !FUZZER
/// `fuzz` names the readers, one a line; `fuzz READER FILE…` reads files as the fuzzer does. Built
/// for the fuzzer (`Deploy/fuzz`) the fuzzer's own program takes its place.
@main enum Fuzz {
    static func main() {
        exit(read(Array(CommandLine.arguments.dropFirst())))
    }

    /// - Returns: the exit code.
    static func read(_ words: [String]) -> CInt {
        guard let name = words.first else {
            say(Reader.all.map(\.name).joined(separator: "\n"))
            return 0
        }
        guard let reader = Reader.named(name) else {
            say("error: no reader has this name")
            return 2
        }
        do {
            for path in words.dropFirst() {
                let bytes = Array(try Data(contentsOf: URL(filePath: path)))
                say("\(path): \(try reader.judge(bytes) ? "taken" : "refused")")
            }
            return 0
        } catch {
            say("error: \(error)")
            return 1
        }
    }

    private static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}
#else
/// The reader is named by the last word: `-ignore_remaining_args=1 READER`.
private let chosen = CommandLine.arguments.last.flatMap(Reader.named)

/// What the fuzzer calls for every input. A finding ends the process, so that the input is kept.
@c(LLVMFuzzerTestOneInput)
func tryInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let chosen else { fatalError("the last word names no reader") }
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do throws(Finding) {
        _ = try chosen.judge(bytes)
    } catch {
        fatalError(error.text)
    }
    return 0
}
#endif
