import Primitives

/// What may be attached. A file is taken for what its name says only where its content is that: an
/// allow-list by first bytes, no detection.
enum FileKind: CaseIterable, Sendable {
    case pdf, jpeg, png, heic, tiff, csv, text, xml

    /// As the sheet lists it.
    var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .jpeg: "image/jpeg"
        case .png: "image/png"
        case .heic: "image/heic"
        case .tiff: "image/tiff"
        case .csv: "text/csv"
        case .text: "text/plain"
        case .xml: "application/xml"
        }
    }

    /// Of the names of such files, in lower case; the usual one first.
    var endings: [String] {
        switch self {
        case .pdf: ["pdf"]
        case .jpeg: ["jpg", "jpeg"]
        case .png: ["png"]
        case .heic: ["heic", "heif"]
        case .tiff: ["tif", "tiff"]
        case .csv: ["csv"]
        case .text: ["txt"]
        case .xml: ["xml"]
        }
    }

    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .pdf: "PDF"
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .heic: "HEIC"
        case .tiff: "TIFF"
        case .csv: "CSV"
        case .text: "テキスト"
        case .xml: "XML"
        }
    }

    init?(ending: String) {
        let known = Self.allCases.first { kind in
            kind.endings.contains { $0.hasSameBytes(as: ending) }
        }
        guard let known else { return nil }
        self = known
    }

    init?(mediaType: String) {
        let known = Self.allCases.first { $0.mediaType.hasSameBytes(as: mediaType) }
        guard let known else { return nil }
        self = known
    }

    /// So many bytes tell which kind it is.
    static let markBytes = 12

    /// The kind that begins with these bytes; nil for text, and for whatever else there is.
    init?(beginning bytes: [UInt8]) {
        func begins(_ mark: [UInt8], at place: Int = 0) -> Bool {
            bytes.dropFirst(place).starts(with: mark)
        }
        if begins("%PDF-".bytes) {
            self = .pdf
        } else if begins([0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if begins(PNGSieve.signature) {
            self = .png
        } else if begins([0x49, 0x49, 0x2A, 0x00]) || begins([0x4D, 0x4D, 0x00, 0x2A]) {
            self = .tiff
        } else if begins("ftyp".bytes, at: 4),
            Self.brands.contains(where: { begins($0.bytes, at: 8) })
        {
            self = .heic
        } else {
            return nil
        }
    }

    /// Of still pictures (ISO/IEC 23008-12 §10).
    private static let brands = ["heic", "heix", "heim", "heis", "mif1"]

    /// What looks through such a file as it comes.
    var sieve: any FileSieve {
        switch self {
        case .pdf: PDFSieve()
        case .jpeg: JPEGSieve()
        case .png: PNGSieve()
        case .heic, .tiff: WholeSieve()
        case .csv, .text: TextSieve(isXML: false)
        case .xml: TextSieve(isXML: true)
        }
    }

    /// Has no first bytes of its own.
    var isText: Bool {
        switch self {
        case .csv, .text, .xml: true
        case .pdf, .jpeg, .png, .heic, .tiff: false
        }
    }
}

/// Looks through a file as it comes, and gives what is kept of it.
protocol FileSieve: Sendable {
    mutating func take(_ bytes: [UInt8]) throws(FileRefusal) -> [UInt8]
    /// - Throws: `damaged`, `notText` where the file has not come to its end.
    func end() throws(FileRefusal)
}

/// HEIC and TIFF are kept as they are: data of the place may stand anywhere in them, and other data
/// is found by its distance from the beginning, so nothing can be cut out. The page says so.
struct WholeSieve: FileSieve {
    func take(_ bytes: [UInt8]) -> [UInt8] { bytes }
    func end() {}
}

/// A PDF is kept as it is; one without its last line was cut on its way.
struct PDFSieve: FileSieve {
    private var tail: [UInt8] = []
    /// So near to its end programs look for the mark (Adobe's note 18 to ISO 32000-1 §7.5.5).
    private static let tailBytes = 1024

    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        tail = Array((tail + bytes.suffix(Self.tailBytes)).suffix(Self.tailBytes))
        return bytes
    }

    func end() throws(FileRefusal) {
        guard tail.firstRange(of: "%%EOF".bytes) != nil else { throw .damaged(.pdf) }
    }
}

/// A file on its way in: what it is, and what is kept of it.
struct FileReading: Sendable {
    private let kind: FileKind
    private var beginning: [UInt8] = []
    private var sieve: (any FileSieve)?
    private var byteCount = 0

    /// Takes what its name says.
    init(as kind: FileKind) { self.kind = kind }

    /// - Returns: what is kept, which may be less.
    mutating func take(_ bytes: [UInt8]) throws(FileRefusal) -> [UInt8] {
        byteCount += bytes.count
        guard byteCount <= Limits.attachedFileBytes else { throw .tooLarge }
        guard var sieve else {
            beginning += bytes
            return beginning.count < FileKind.markBytes ? [] : try begin()
        }
        let kept = try sieve.take(bytes)
        self.sieve = sieve
        return kept
    }

    /// - Returns: the last of what is kept.
    mutating func end() throws(FileRefusal) -> [UInt8] {
        guard byteCount > 0 else { throw .empty }
        let rest = sieve == nil ? try begin() : []
        try sieve?.end()
        return rest
    }

    private mutating func begin() throws(FileRefusal) -> [UInt8] {
        let found = FileKind(beginning: beginning)
        guard found == (kind.isText ? nil : kind) else { throw .differs(named: kind, is: found) }
        var sieve = kind.sieve
        let kept = try sieve.take(beginning)
        self.sieve = sieve
        beginning = []
        return kept
    }
}
