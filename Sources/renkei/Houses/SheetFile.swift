import Primitives

/// A sheet on disk: the sheet itself, or an object that holds it in `sheet` beside test data.
struct SheetFile {
    /// Of the sheet alone, as they stand in the file where they stand alone.
    let bytes: [UInt8]
    /// The day that counts as today.
    let evaluatedOn: Day?
    /// The file beside this one with the sheet it answers.
    let answers: String?

    /// - Throws: also `SheetFault` where it is no JSON.
    static func read(_ path: String) throws -> SheetFile {
        let bytes = try Files.read(path, atMost: Limits.contentBytes)
        let json: JSON
        do throws(DecodingRefusal) { json = try JSON(reading: bytes, .general) } catch {
            throw SheetFault(path, bytes, error)
        }
        guard case .object? = json["sheet"], json["sheetType"] == nil else {
            // A sheet keeps the rules of strict JSON too.
            do throws(DecodingRefusal) { _ = try JSON(reading: bytes) } catch {
                throw SheetFault(path, bytes, error)
            }
            return SheetFile(bytes: bytes, evaluatedOn: nil, answers: nil)
        }
        return SheetFile(
            bytes: json["sheet"]?.canonicalBytes ?? [],
            evaluatedOn: json["evaluatedOn"]?.string.flatMap { Day($0) },
            answers: json["answers"]?.string
        )
    }
}
