import Foundation

/// `fuzz` names the readers, one a line; `fuzz READER FILE…` reads files as the fuzzer does. Built
/// for the fuzzer (`Deploy/fuzz`) it takes the fuzzer's own words instead.
@main enum Fuzz {
    static func main() {
        #if FUZZER
        var count = CommandLine.argc
        var words: Words? = unsafe CommandLine.unsafeArgv
        exit(unsafe search(&count, &words, tryInput))
        #else
        exit(read(Array(CommandLine.arguments.dropFirst())))
        #endif
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

#if FUZZER
private typealias Words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// No header declares it to Swift. SwiftPM's entry point takes the place of the fuzzer's own.
@_silgen_name("LLVMFuzzerRunDriver")
private func search(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<Words?>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

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
