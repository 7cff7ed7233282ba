// OpenCV on the work of the benchmark rows: prints seconds.
//
//     opencv hog-kernel|color-kernel|hsv-kernel RAW IMAGES WIDTH HEIGHT      one thread, images in memory
//     opencv hog-folder|color-folder FOLDER PROCESSES OUTPUT                 files to rows
//     opencv hog-large FOLDER PROCESSES OUTPUT SHARE                         the first SHARE files, brought to 128x128
#include <opencv2/opencv.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using std::string;
using std::vector;

static double seconds_used()
{
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

static cv::HOGDescriptor make_hog(int width, int height)
{
    return cv::HOGDescriptor(cv::Size(width / 8 * 8, height / 8 * 8), cv::Size(16, 16), cv::Size(8, 8), cv::Size(8, 8), 9);
}

static void hog(const cv::HOGDescriptor &descriptor, const cv::Mat &gray, vector<float> &row)
{
    descriptor.compute(gray(cv::Rect(cv::Point(0, 0), descriptor.winSize)), row);
}

static void histogram(const cv::Mat &image, bool hsv, cv::Mat &counts)
{
    static const int channels[] = {0, 1, 2}, sizes[] = {8, 8, 8};
    static const float byte[] = {0, 256}, hue[] = {0, 180};
    const float *ranges[] = {hsv ? hue : byte, byte, byte};
    cv::Mat converted = image;
    if (hsv) {
        cv::cvtColor(image, converted, cv::COLOR_RGB2HSV);
    }
    cv::calcHist(&converted, 1, channels, cv::Mat(), counts, 3, sizes, ranges);
}

static int in_memory(const string &what, char **arguments)
{
    int count = atoi(arguments[1]), width = atoi(arguments[2]), height = atoi(arguments[3]);
    std::ifstream file(arguments[0], std::ios::binary);
    vector<cv::Mat> images;
    for (int i = 0; i < count; i++) {
        cv::Mat image(height, width, CV_8UC3);
        file.read(reinterpret_cast<char *>(image.data), 3L * width * height);
        if (what == "hog-kernel") {
            cv::Mat gray;
            cv::cvtColor(image, gray, cv::COLOR_RGB2GRAY);
            image = gray;
        }
        images.push_back(image);
    }
    cv::HOGDescriptor descriptor = make_hog(width, height);
    vector<float> row;
    cv::Mat counts;
    double best = 1e9, total = 0;
    while (total < 0.5) {
        double start = seconds_used();
        for (const cv::Mat &image : images) {
            if (what == "hog-kernel") {
                hog(descriptor, image, row);
            } else {
                histogram(image, what == "hsv-kernel", counts);
            }
        }
        double seconds = seconds_used() - start;
        best = std::min(best, seconds);
        total += seconds;
    }
    printf("%.9f\n", best);
    return 0;
}

static void work(const string &what, const vector<string> &files, size_t from, size_t step, const string &output)
{
    std::ofstream out(output, std::ios::binary);
    vector<float> row;
    cv::Mat counts, small;
    cv::HOGDescriptor descriptor;
    for (size_t i = from; i < files.size(); i += step) {
        cv::Mat image = cv::imread(files[i], what == "color-folder" ? cv::IMREAD_COLOR : cv::IMREAD_GRAYSCALE);
        if (what == "color-folder") {
            histogram(image, false, counts);
            out.write(reinterpret_cast<const char *>(counts.data), long(counts.total() * sizeof(float)));
            continue;
        }
        if (what == "hog-large") {
            cv::resize(image, small, cv::Size(128, 128), 0, 0, cv::INTER_AREA);
            image = small;
        }
        if (i == from) {
            descriptor = make_hog(image.cols, image.rows);
        }
        hog(descriptor, image, row);
        out.write(reinterpret_cast<const char *>(row.data()), long(row.size() * sizeof(float)));
    }
}

static int on_files(const string &what, int argc, char **arguments)
{
    vector<string> files;
    auto start = std::chrono::steady_clock::now();
    cv::glob(string(arguments[0]) + "/*.jpg", files);
    if (argc > 3) {
        files.resize(size_t(atol(arguments[3])));
    }
    size_t processes = size_t(atol(arguments[1]));
    for (size_t i = 0; i < processes; i++) {
        if (fork() == 0) {
            work(what, files, i, processes, string(arguments[2]) + std::to_string(i));
            _exit(0);
        }
    }
    while (wait(nullptr) > 0) {
    }
    printf("%.6f\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    return 0;
}

int main(int argc, char **argv)
{
    cv::setNumThreads(1);
    string what = argc > 1 ? argv[1] : "";
    if (argc == 6 && what.find("-kernel") != string::npos) {
        return in_memory(what, argv + 2);
    }
    return argc >= 5 ? on_files(what, argc - 2, argv + 2) : 2;
}
