// Groups the events of a trail by principal, source and name: simdjson's on-demand parser behind libdeflate, one thread.
#include <libdeflate.h>
#include <simdjson.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <unordered_map>

struct Group {
  long count = 0;
  std::string first, last;
};

int main(int, char **arguments) {
  simdjson::ondemand::parser parser;
  libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
  std::unordered_map<std::string, Group> groups;
  std::string packed, key;
  std::vector<char> text;
  for (const auto &entry : std::filesystem::directory_iterator(arguments[1])) {
    std::ifstream file(entry.path(), std::ios::binary);
    packed.resize(entry.file_size());
    file.read(packed.data(), packed.size());
    uint32_t size = 0;
    memcpy(&size, packed.data() + packed.size() - 4, 4);
    text.resize(size + simdjson::SIMDJSON_PADDING);
    if (libdeflate_gzip_decompress(decompressor, packed.data(), packed.size(), text.data(), size, nullptr)) return 1;
    simdjson::ondemand::document document = parser.iterate(text.data(), size, text.size());
    for (simdjson::ondemand::object event : document["Records"]) {
      std::string_view principal, source, name, time;
      for (auto field : event) {
        std::string_view field_name = field.unescaped_key();
        if (field_name == "userIdentity") {
          principal = field.value()["sessionContext"]["sessionIssuer"]["arn"];
        } else if (field_name == "eventTime") {
          time = field.value();
        } else if (field_name == "eventSource") {
          source = field.value();
        } else if (field_name == "eventName") {
          name = field.value();
        }
      }
      key.assign(principal).append("\t").append(source).append("\t").append(name);
      Group &group = groups[key];
      if (!group.count++ || time < group.first) group.first = time;
      if (time > group.last) group.last = time;
    }
  }
  std::map<std::string, Group> sorted(groups.begin(), groups.end());
  for (const auto &[name, group] : sorted)
    printf("%s\t%ld\t%s\t%s\n", name.c_str(), group.count, group.first.c_str(), group.last.c_str());
}
