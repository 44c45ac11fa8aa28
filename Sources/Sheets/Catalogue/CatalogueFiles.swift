import Primitives

/// The files of `Schemas/`, read as JSON and sorted by what they are.
struct CatalogueFiles {
    /// The files of one type of sheet.
    struct SheetFolder {
        let type: SheetType
        let schema: JSON
        let layout: JSON
        let delivery: JSON

        func form(_ fields: FieldReader, _ lists: CodeLists) throws(CatalogueRefusal) -> SheetForm {
            let folder = "sheets/\(type)"
            let id = schema["$id"]?.string ?? ""
            return try SheetForm(
                schema: id,
                title: schema["title"]?.string ?? "",
                version: schema["properties"]?["schemaVersion"]?["const"]?.string,
                root: try fields.field(id),
                delivery: try inFile(folder + "/delivery.json") { () throws(DecodingRefusal) in
                    try DeliveryRules(delivery, lists)
                },
                layout: try inFile(folder + "/layout.json") { () throws(DecodingRefusal) in
                    try Layout(layout, lists)
                }
            ).checked()
        }
    }

    private let common: JSON
    private let wireTypes: JSON
    let messages: JSON
    let holidays: JSON
    let admissionLiaison: JSON
    let codeLists: [(path: String, json: JSON)]
    let sheets: [SheetFolder]

    init(_ files: [(path: String, bytes: [UInt8])]) throws(CatalogueRefusal) {
        var documents: [ByteText: JSON] = [:]
        for file in files where CatalogueFiles.isOwn(file.path) {
            let json = try inFile(file.path) { () throws(DecodingRefusal) in
                try JSON(reading: file.bytes, .general)
            }
            guard documents.updateValue(json, forKey: ByteText(file.path)) == nil else {
                throw CatalogueRefusal(.duplicateFile, at: file.path)
            }
        }
        let read = documents
        func document(_ path: String) throws(CatalogueRefusal) -> JSON {
            guard let json = read[ByteText(path)] else {
                throw CatalogueRefusal(.missingFile, at: path)
            }
            return json
        }
        common = try document("common.json")
        wireTypes = try document("types.json")
        messages = try document("messages.json")
        holidays = try document(CatalogueFiles.holidays)
        admissionLiaison = try document(CatalogueFiles.admissionLiaison)
        let paths = read.keys.sorted().map(\.text)
        codeLists = paths.filter { $0.hasPrefix("codes/") }.compactMap { path in
            read[ByteText(path)].map { (path, $0) }
        }
        let types = Set(paths.compactMap(CatalogueFiles.sheetType)).sorted()
        sheets = try types.map { type throws(CatalogueRefusal) in
            SheetFolder(
                type: type,
                schema: try document("sheets/\(type)/schema.json"),
                layout: try document("sheets/\(type)/layout.json"),
                delivery: try document("sheets/\(type)/delivery.json")
            )
        }
    }

    var commonName: String { common["$id"]?.string ?? "" }

    /// All schemas by `$id`.
    var schemas: [ByteText: JSON] {
        var schemas: [ByteText: JSON] = [:]
        for schema in [common, wireTypes] + sheets.map(\.schema) {
            schemas[ByteText(schema["$id"]?.string ?? "")] = schema
        }
        return schemas
    }

    func schemaSet() throws(CatalogueRefusal) -> SchemaSet {
        do throws(SchemaRefusal) {
            return try SchemaSet(
                [common, wireTypes] + sheets.map(\.schema),
                options: .product(annotations: ["label", "form", "codeList", "rules", "fill"]),
                resolve: { _ in nil }
            )
        } catch {
            throw CatalogueRefusal(.schema(error), at: error.place)
        }
    }

    static let holidays = "calendar/holidays.json"
    static let admissionLiaison = "rules/admissionLiaison.json"

    private static func isOwn(_ path: String) -> Bool {
        ["common.json", "types.json", "messages.json", holidays, admissionLiaison].contains(path)
            || path.hasPrefix("codes/") && path.hasSuffix(".json") || sheetType(path) != nil
    }

    /// The type of a sheet that the file describes.
    private static func sheetType(_ path: String) -> SheetType? {
        let parts = path.split(separator: "/")
        guard parts.count == 3, parts[0] == "sheets",
            ["schema.json", "layout.json", "delivery.json"].contains(parts[2])
        else { return nil }
        return SheetType(String(parts[1]))
    }
}
