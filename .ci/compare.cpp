// Groups the events of logs by principal, source and name: simdjson's on-demand parser behind libdeflate.
//
// Usage: group THREADS PATH, where PATH is a folder of gzip files, a gzip file, a file of an event a line, or `-` for one
// on standard input; group inflate THREADS PATH only decompresses.
#include <fcntl.h>
#include <libdeflate.h>
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

using simdjson::ondemand::object;

struct Group {
  long count = 0;
  std::string first, last;
  std::set<std::string, std::less<>> resources;
};

struct Worker {
  simdjson::ondemand::parser parser;
  libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
  std::unordered_map<std::string, Group> groups;
  std::string packed, key;
  std::vector<char> text;
  std::vector<std::string_view> resources;

  void take(object event) {
    std::string_view user, issuer, source, name, time;
    resources.clear();
    for (auto field : event) {
      std::string_view field_name = field.unescaped_key();
      if (field_name == "userIdentity") {
        object identity;
        if (field.value().get_object().get(identity)) continue;
        for (auto part : identity) {
          std::string_view part_name = part.unescaped_key();
          if (part_name == "arn") {
            if (part.value().get_string().get(user)) user = {};
          } else if (part_name == "sessionContext") {
            if (part.value()["sessionIssuer"]["arn"].get_string().get(issuer)) issuer = {};
          }
        }
      } else if (field_name == "eventTime") {
        time = field.value();
      } else if (field_name == "eventSource") {
        source = field.value();
      } else if (field_name == "eventName") {
        name = field.value();
      } else if (field_name == "resources") {
        simdjson::ondemand::array list;
        if (field.value().get_array().get(list)) continue;
        for (auto resource : list) {
          std::string_view arn;
          if (!resource["ARN"].get_string().get(arn)) resources.push_back(arn);
        }
      }
    }
    key.assign(issuer.empty() ? user : issuer).append("\t").append(source).append("\t").append(name);
    Group &group = groups[key];
    if (!group.count++ || time < group.first) group.first = time;
    if (time > group.last) group.last = time;
    for (std::string_view arn : resources) {
      if (group.resources.find(arn) == group.resources.end()) group.resources.emplace(arn);
    }
  }

  /// The length of the text; the room for it grows as needed.
  size_t inflate(const std::filesystem::path &path) {
    int file = open(path.c_str(), O_RDONLY);
    packed.resize(std::filesystem::file_size(path));
    for (size_t at = 0; at < packed.size();) at += read(file, packed.data() + at, packed.size() - at);
    close(file);
    uint32_t size = 0;
    memcpy(&size, packed.data() + packed.size() - 4, 4);
    if (text.size() < size + simdjson::SIMDJSON_PADDING) text.resize(size + simdjson::SIMDJSON_PADDING);
    if (libdeflate_gzip_decompress(decompressor, packed.data(), packed.size(), text.data(), size, nullptr)) exit(1);
    return size;
  }

  void take_file(size_t size) {
    simdjson::ondemand::document document = parser.iterate(text.data(), size, text.size());
    for (object event : document["Records"]) take(event);
  }

  void take_lines(const char *start, size_t size) {
    simdjson::ondemand::document_stream stream = parser.iterate_many(start, size, 4 << 20);
    for (auto document : stream) take(document.get_object());
  }
};

int main(int count, char **arguments) {
  bool only_inflates = count > 1 && !strcmp(arguments[1], "inflate");
  if (only_inflates) arguments++;
  int threads = atoi(arguments[1]);
  std::string path = arguments[2];
  std::vector<Worker> workers(threads);
  auto together = [&](auto work) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; i++) running.emplace_back([&, i] { work(workers[i], i); });
    for (auto &thread : running) thread.join();
  };
  if (std::filesystem::is_directory(path)) {
    std::vector<std::filesystem::path> files;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::atomic<size_t> next = 0;
    together([&](Worker &worker, int) {
      for (size_t i; (i = next++) < files.size();) {
        size_t size = worker.inflate(files[i]);
        if (!only_inflates) worker.take_file(size);
      }
    });
  } else {
    std::vector<char> text;
    size_t size = 0;
    if (path.ends_with(".gz")) {
      size = workers[0].inflate(path);
      text.swap(workers[0].text);
    } else {
      int file = path == "-" ? 0 : open(path.c_str(), O_RDONLY);
      if (path != "-") text.resize(std::filesystem::file_size(path) + simdjson::SIMDJSON_PADDING + 1);
      for (ssize_t got = 1; got > 0; size += got) {
        if (text.size() < size + (1 << 20)) text.resize(2 * text.size() + (1 << 20));
        got = read(file, text.data() + size, 1 << 20);
      }
      text.resize(size + simdjson::SIMDJSON_PADDING);
    }
    if (!only_inflates) {
      std::vector<size_t> cuts{0};
      for (int i = 1; i < threads; i++) {
        size_t cut = size / threads * i;
        while (cut < size && text[cut - 1] != '\n') cut++;
        cuts.push_back(cut);
      }
      cuts.push_back(size);
      together([&](Worker &worker, int i) { worker.take_lines(text.data() + cuts[i], cuts[i + 1] - cuts[i]); });
    }
  }
  std::map<std::string, Group> sorted;
  for (Worker &worker : workers) {
    for (auto &[key, part] : worker.groups) {
      Group &group = sorted[key];
      if (!group.count || part.first < group.first) group.first = part.first;
      if (part.last > group.last) group.last = part.last;
      group.count += part.count;
      group.resources.merge(part.resources);
    }
  }
  for (const auto &[key, group] : sorted)
    printf("%s\t%ld\t%s\t%s\t%zu\n", key.c_str(), group.count, group.first.c_str(), group.last.c_str(),
           group.resources.size());
}
